// One comm: what it holds, what passed on it, and what can be done with it.
export function CommPage({ kernelId, commId }: { readonly kernelId: string; readonly commId: string }) {
  return (
    <>
      <h1>Comm</h1>
      <p class="mono">
        {kernelId} {commId}
      </p>
    </>
  );
}
