// The frame of a preview: a document without an origin, in which the widgets of one preview are drawn.
//
// It asks the page for a port. Everything else goes through that port. Its policy (web/dashboard/preview.py) lets it load only its own code
// and that of the server's labextensions, and gives it no network.
import "./style.css";
import type { ToFrame } from "../messages";
import { FrameManager } from "./manager";
import { Page } from "./page";

const element = document.getElementById("widget") as HTMLElement;

if (window.parent === window) {
  element.textContent = "This page draws widgets for the comm broker's dashboard. It shows nothing by itself.";
} else {
  const page = new Page();
  const manager = new FrameManager(page);
  page.listen((message) => void take(message));

  const take = async (message: ToFrame): Promise<void> => {
    switch (message.kind) {
      case "show":
        await manager.add(message.models);
        await manager.show(message.root, element).catch((error: unknown) => {
          element.textContent = `This widget could not be drawn: ${error instanceof Error ? error.message : String(error)}`;
        });
        page.say({ kind: "shown" });
        break;
      case "add":
        await manager.add(message.models);
        break;
      case "change":
        await manager.change(message.changes);
        // The browser draws before more changes are taken. Meanwhile the page merges them.
        await nextPicture();
        page.say({ kind: "applied", number: message.number });
        break;
      case "custom":
        manager.custom(message.id, message.content);
        break;
      case "closed":
        manager.closed(message.id);
        break;
      case "done":
        page.done(message.numbers);
    }
  };

  new ResizeObserver(() => page.say({ kind: "height", pixels: element.getBoundingClientRect().height })).observe(element);
  document.addEventListener("securitypolicyviolation", (event) => page.say({ kind: "blocked", address: event.blockedURI }));
  page.hello();
}

/** Wait until the browser has drawn. A hidden page draws nothing. */
function nextPicture(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 250);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
