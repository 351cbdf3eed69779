// A widget's comm in the frame. It sends to the page, and gets what the page passes on.
import type { NumberedChange, SentData } from "../messages";
import { keysOf } from "../outgoing";
import type { Callbacks, Page } from "./page";

type Message = { readonly content: { readonly data: unknown }; readonly buffers: readonly DataView[] };

export class FrameComm {
  readonly target_name = "jupyter.widget";
  /** By attribute, the number of the last message that set it. */
  #sent = new Map<string, number>();
  #onMessage: (message: Message) => unknown = () => {};
  #onClose: (message: unknown) => void = () => {};

  constructor(
    readonly comm_id: string,
    private readonly page: Page,
  ) {}

  on_msg(callback: (message: never) => unknown): void {
    this.#onMessage = callback as (message: Message) => unknown;
  }

  on_close(callback: (message: never) => void): void {
    this.#onClose = callback as (message: unknown) => void;
  }

  send(data: unknown, callbacks?: Callbacks, _metadata?: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): string {
    const number = this.page.send(this.comm_id, data as SentData, callbacks ?? {}, buffers);
    for (const key of keysOf(data as SentData)) this.#sent.set(key, number);
    return String(number);
  }

  /** Do nothing: a preview does not close the widget in the kernel. */
  close(): string {
    return "";
  }

  /** Do nothing: the comm is already open in the kernel. */
  open(): string {
    return "";
  }

  /** Give the widget a change, except for attributes that it has set after the change was made. */
  async changed({ state, buffers, after }: NumberedChange): Promise<void> {
    const isOlder = (key: string): boolean => (this.#sent.get(key) ?? 0) > after;
    const left = buffers.filter((each) => !isOlder(String(each.path[0])));
    const data = {
      method: "update",
      state: Object.fromEntries(Object.entries(state).filter(([key]) => !isOlder(key))),
      buffer_paths: left.map((each) => [...each.path]),
    };
    await this.received(
      data,
      left.map((each) => new DataView(each.data)),
    );
  }

  /** Give the widget a message. Returns when the widget has handled it. */
  async received(data: unknown, buffers: readonly DataView[]): Promise<void> {
    await this.#onMessage({ content: { data }, buffers });
  }

  /** Tell the widget that it is closed. */
  closed(): void {
    this.#onClose({ content: { data: {} } });
  }
}
