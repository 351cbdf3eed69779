// How the dashboard is built: one entry, chunks for what is used later, names that change with their content.
import { defineConfig } from "vitest/config";

// `npm run dev` shows the sources against a running server: JUPYTER_URL and JUPYTER_TOKEN say which.
const server = process.env.JUPYTER_URL ?? "http://127.0.0.1:8888/";
const token = process.env.JUPYTER_TOKEN;

export default defineConfig({
  // Relative: the page stands below any base_url.
  base: "./",
  build: {
    outDir: "../jupyter_comm_broker/static/dashboard",
    emptyOutDir: true,
    // Who wrote what is packed with it, and on which terms: goes into the wheel.
    license: { fileName: "licenses.md" },
    target: "es2022",
    // Small files as data: addresses would be what the page's policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    // The tests of the plug-in lie beside this folder.
    fs: { allow: [".."] },
    proxy: {
      "/api": {
        target: server,
        changeOrigin: true,
        ...(token ? { headers: { Authorization: `token ${token}` } } : {}),
      },
    },
  },
  test: {
    environment: "happy-dom",
    // The plug-in of the notebook is plain JavaScript beside this folder. It finds vitest by its globals.
    include: ["src/**/*.test.{ts,tsx}", "../tests/labextension/*.test.js"],
    globals: true,
    restoreMocks: true,
  },
});
