// One comm: what it holds, what passed on it, and what can be done with it.
import { useEffect, useState } from "preact/hooks";
import { fetchComm } from "../api/broker";
import type { WholeComm } from "../api/shapes";
import { Preview } from "../preview/Preview";

export function CommPage({ kernelId, commId }: { readonly kernelId: string; readonly commId: string }) {
  const [comm, setComm] = useState<WholeComm>();
  useEffect(() => void fetchComm(kernelId, commId).then(setComm), [kernelId, commId]);
  return (
    <>
      <h1>Comm</h1>
      <p class="mono">
        {kernelId} {commId}
      </p>
      {comm && <Preview kernelId={kernelId} commId={commId} model={comm.model} />}
    </>
  );
}
