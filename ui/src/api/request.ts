// One question to the server: cookies and XSRF as Jupyter wants them, JSON back, every failure an ApiError.
import { address, type Query } from "./urls";

/** Why a question was not answered as hoped, in the server's own words where it said any. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    message: string,
    /** The HTTP status; 0 where no answer came at all. */
    readonly status: number,
    /** One word that programs can compare, as the server's `reason`. */
    readonly reason: string,
    /** All of the answer's facts: field, limit, setting, said, closed ... */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the server cannot be reached. */
  get isUnreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 && this.reason !== "KernelUnavailableError";
  }

  /** Whether the login is over: not who may do what, but who it is at all. */
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

/** Ask below the base_url, and return the JSON that came back. Throws ApiError. */
export async function request<T>(path: readonly string[], ask: Ask = {}): Promise<T> {
  const response = await send(path, ask);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Ask below the base_url, and return an answer that is good. Throws ApiError. */
export async function send(path: readonly string[], ask: Ask = {}): Promise<Response> {
  const method = ask.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", ...ask.headers };
  if (ask.body !== undefined) headers["Content-Type"] = "application/json";
  const xsrf = xsrfToken();
  if (method !== "GET" && xsrf) headers["X-XSRFToken"] = xsrf;
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
    // A proxy's page, or nothing: the status says it all.
  }
  const reason = typeof said.reason === "string" ? said.reason : response.statusText || String(response.status);
  const message = typeof said.message === "string" && said.message ? said.message : `The server answered ${response.status} ${response.statusText}.`;
  return new ApiError(message, response.status, reason, said);
}

/** The token that Jupyter wants back in a header from whoever changes something. */
function xsrfToken(): string | undefined {
  return /(?:^|;\s*)_xsrf=([^;]+)/.exec(document.cookie)?.[1];
}
