// The overview: the comms of every kernel, the traffic, and the attached pages.
import { useEffect } from "preact/hooks";
import { baseUrl } from "../api/urls";
import { EmptyState } from "../parts/EmptyState";
import { broker, kernels } from "../store/kernels";
import { watchRuns } from "../store/runs";
import { Figures } from "./Figures";
import { KernelCard } from "./KernelCard";
import { Noteworthy } from "./Noteworthy";
import { Targets } from "./Targets";
import { Traffic } from "./Traffic";
import styles from "./overview.module.css";

export function Overview() {
  useEffect(watchRuns, []);
  const check = broker.value;
  if (!check) return <Loading />;
  return (
    <>
      <div class={styles.heading}>
        <h1>Overview</h1>
        <p class="muted">
          {check.in_path ? "Every kernel WebSocket of this server goes through the broker" : "The broker does not see every message"} · version {check.version}
        </p>
      </div>
      {kernels.value.length ? <Live /> : <NoKernel />}
    </>
  );
}

function Live() {
  return (
    <>
      <Figures />
      <Traffic />
      <div class={styles.columns}>
        <section aria-labelledby="kernels">
          <h2 id="kernels">Kernels</h2>
          <ul class={styles.kernels}>
            {kernels.value.map((each) => (
              <KernelCard key={each.kernel_id} kernel={each} />
            ))}
          </ul>
        </section>
        <div class={styles.side}>
          <Targets />
          <Noteworthy />
        </div>
      </div>
    </>
  );
}

function NoKernel() {
  return (
    <div class="card">
      <EmptyState title="No kernel is running">
        <p>
          Open a notebook in <a href={`${baseUrl()}lab`}>JupyterLab</a> and run a cell that shows a widget. Its kernel and comms appear here by themselves.
        </p>
      </EmptyState>
    </div>
  );
}

function Loading() {
  return (
    <>
      <div class={styles.heading}>
        <h1>Overview</h1>
        <p class="muted" role="status">
          Asking the server …
        </p>
      </div>
    </>
  );
}
