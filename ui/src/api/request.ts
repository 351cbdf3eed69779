// One request to the server, with the cookies and the XSRF token that Jupyter wants. Every failure is an ApiError.
import { address, type Query } from "./urls";

/** Why a request failed, in the server's own words if it gave any. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    message: string,
    /** The HTTP status; 0 if no answer came. */
    readonly status: number,
    /** The server's `reason`, which programs can compare. */
    readonly reason: string,
    /** All fields of the answer: field, limit, setting, said, closed ... */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the server cannot be reached. */
  get isUnreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 && !["KernelUnavailableError", "LinkNotOpenedError"].includes(this.reason);
  }

  /** Whether the user is no longer logged in. A missing right is another error. */
  get isSignedOut(): boolean {
    if (this.status === 401) return true;
    return this.status === 403 && ["Forbidden", "not logged in"].includes(this.reason) && !this.message.includes("_xsrf");
  }
}

export interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Send a request below the base_url, and return the JSON of the answer. Throws ApiError. */
export async function request<T>(path: readonly string[], ask: Ask = {}): Promise<T> {
  const response = await send(path, ask);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Send a request below the base_url, and return the answer. Throws ApiError if it is an error. */
export async function send(path: readonly string[], ask: Ask = {}): Promise<Response> {
  const method = ask.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", ...ask.headers };
  if (ask.body !== undefined) headers["Content-Type"] = "application/json";
  const xsrf = xsrfToken();
  if (xsrf) headers["X-XSRFToken"] = xsrf;
  let response: Response;
  try {
    response = await fetch(address(path, ask.query), {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(ask.body !== undefined ? { body: JSON.stringify(ask.body) } : {}),
      ...(ask.signal ? { signal: ask.signal } : {}),
    });
  } catch (failure) {
    if (ask.signal?.aborted) throw failure;
    throw new ApiError("The server does not answer.", 0, "unreachable");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<ApiError> {
  let said: Record<string, unknown> = {};
  try {
    said = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's page, or nothing. Then only the status counts.
  }
  const reason = typeof said.reason === "string" ? said.reason : response.statusText || String(response.status);
  const message = typeof said.message === "string" && said.message ? said.message : `The server answered ${response.status} ${response.statusText}.`;
  return new ApiError(message, response.status, reason, said);
}

/** The XSRF token. Jupyter wants it in a header of every request that changes something, a JupyterHub of every request. */
function xsrfToken(): string | undefined {
  return /(?:^|;\s*)_xsrf=([^;]+)/.exec(document.cookie)?.[1];
}
