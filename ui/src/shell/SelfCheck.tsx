// Shows whether the broker is in the path of the kernels' WebSockets. If it is not, Trouble shows the reason.
import { Mark } from "../parts/Mark";
import { broker } from "../store/kernels";

export function SelfCheck() {
  const check = broker.value;
  if (!check) return null;
  const title = `jupyter_comm_broker ${check.version}`;
  return check.in_path ? (
    <Mark tone="good" title={`${title}: every kernel WebSocket goes through it`}>
      In the path
    </Mark>
  ) : (
    <Mark tone="bad" title={title}>
      Not in the path
    </Mark>
  );
}
