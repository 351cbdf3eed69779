// Problems of the whole page, with what to do. Empty if there are none.
import { Button } from "../parts/Button";
import { now } from "../parts/clock";
import { Inert } from "../parts/Inert";
import { Notice } from "../parts/Notice";
import { connection, reading } from "../store/connection";
import { broker } from "../store/kernels";
import { tryNow } from "../store/live";
import styles from "./shell.module.css";

export function Trouble() {
  return (
    <>
      <ConnectionTrouble />
      <PathTrouble />
      <StrategyTrouble />
    </>
  );
}

function ConnectionTrouble() {
  const kind = connection.value;
  const last = reading.value;
  if (last.state !== "lost") return null;
  const text = {
    // When this page is reloaded, the server sends the user to its login or to a hub's.
    "signed out": (
      <>
        <strong>You are signed out.</strong> The page shows the last known state.{" "}
        <a href={location.pathname + location.search}>Sign in</a> here or in another tab; this page then
        goes on by itself.
      </>
    ),
    "not allowed": (
      <>
        <strong>You may not look at comms.</strong> <Inert text={last.error.message} />. Ask the server's operator for <code>read</code> on{" "}
        <code>comms</code>.
      </>
    ),
  }[kind as string] ?? (
    <>
      <strong>The server does not answer.</strong> The page shows the last known state. It goes on by itself when the server is back; <NextTry at={last.nextTry} />.
    </>
  );
  return (
    <div class={styles.trouble}>
      <Notice tone="bad" loud>
        {text}{" "}
        <Button tone="quiet" onClick={tryNow}>
          Try now
        </Button>
      </Notice>
    </div>
  );
}

function NextTry({ at }: { readonly at: number }) {
  const seconds = Math.ceil((at - now.value) / 1000);
  // Not for screen readers: it changes every second.
  return <span aria-hidden="true">{seconds > 0 ? `next try in ${seconds} s` : "trying now"}</span>;
}

function PathTrouble() {
  const check = broker.value;
  if (!check || check.in_path) return null;
  return (
    <div class={styles.trouble}>
      <Notice tone="warn">
        <strong>The broker is not in the path of kernel WebSockets</strong> ({check.mode}).{" "}
        {check.reason && (
          <>
            <Inert text={check.reason} />{" "}
          </>
        )}
        Restored widgets after a reload and sending from here need it to be.
      </Notice>
    </div>
  );
}

function StrategyTrouble() {
  const failed = broker.value?.strategies.filter((each) => !each.loaded) ?? [];
  if (!failed.length) return null;
  return (
    <div class={styles.trouble}>
      <Notice tone="warn">
        {failed.map((each) => (
          <p key={`${each.target_name} ${each.strategy}`}>
            <strong>
              Comms of <Inert text={each.target_name} most={80} /> are not restored
            </strong>{" "}
            as <Inert text={each.package ?? each.strategy} most={80} /> would: <Inert text={each.reason ?? "its strategy was not loaded"} most={300} />
          </p>
        ))}
      </Notice>
    </div>
  );
}
