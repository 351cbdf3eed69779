// The table of all comms.
import { commList } from "../store/comms";

export function CommsTable() {
  return (
    <>
      <h1>Comms</h1>
      <p>{commList.value.length}</p>
    </>
  );
}
