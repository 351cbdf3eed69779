// The frame around every view: header, problems, the view, and notices.
import { useEffect, useRef } from "preact/hooks";
import { conditions, view } from "../address";
import { CommPage } from "../comm/CommPage";
import { Overview } from "../overview/Overview";
import { CommsTable } from "../table/CommsTable";
import { Header } from "./Header";
import { Notices } from "./Notices";
import { Trouble } from "./Trouble";
import styles from "./shell.module.css";

const TITLES = { overview: "Overview", comms: "Comms", comm: "Comm" } as const;

export function App() {
  const shown = view.value;
  const { kernel = "", comm = "" } = conditions.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${TITLES[shown]} · Comm broker`;
    // The keyboard focus moves to the new view. At the start the browser decides.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [shown, shown === "comm" ? `${kernel} ${comm}` : ""]);
  return (
    <>
      <a class={styles.skip} href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>
        Skip to the content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1} class={styles.main}>
        <Trouble />
        {shown === "overview" && <Overview />}
        {shown === "comms" && <CommsTable />}
        {shown === "comm" && <CommPage key={`${kernel} ${comm}`} kernelId={kernel} commId={comm} />}
      </main>
      <Notices />
    </>
  );
}
