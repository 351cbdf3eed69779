// Whether the broker stands in the path of the kernels' WebSockets; the reason, where it does not, is in Trouble.
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
