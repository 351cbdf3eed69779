// The overview: what lives in every kernel of the server.
import { commsLoading } from "../store/comms";
import { kernels } from "../store/kernels";

export function Overview() {
  return (
    <>
      <h1>Overview</h1>
      <p>{commsLoading.value ? "Loading" : `${kernels.value.length} kernels`}</p>
    </>
  );
}
