// The open comms of all kernels. They are fetched once, followed by events, and refreshed if they are active.
import { computed, signal } from "@preact/signals";
import { fetchComms } from "../api/broker";
import type { BrokerEvent } from "../api/event_shapes";
import type { CommView } from "../api/shapes";
import { CommTable, commKey, type Comm } from "./comm_table";
import { tellFailure } from "./notices";
import { Poller } from "./poller";

const table = new CommTable();

/** All comms in the order in which they became known. The list is replaced when a comm changes. */
export const commList = computed<readonly Comm[]>(() => {
  void table.version.value;
  return [...table.rows.values()];
});

/** One comm as lists show it; undefined if it is not open. */
export function commOf(kernelId: string, commId: string): Comm | undefined {
  void table.version.value;
  return table.rows.get(commKey(kernelId, commId));
}

/** Whether the first list is still on its way. */
export const commsLoading = signal(true);

/** REST's largest page. */
const PAGE = 1000;
/** The fields that change while a comm is open. */
const VOLATILE = ["kernel_id", "comm_id", "last_activity", "messages", "bytes", "knowledge", "checked_at", "dirty_because", "pending", "sequence", "frontends", "references", "parents", "model", "caption"];
/** The most pages of a refresh. Comms that are idle for longer are refreshed later. */
const MOST_PAGES = 2;

/** The events that came while a list was fetched. The list may be older. */
let meanwhile: { readonly opened: Set<string>; readonly closed: Set<string> } | undefined;

/** Fetch all comms again, at the start and whenever events were missed. */
export async function reloadComms(): Promise<void> {
  const news = (meanwhile = { opened: new Set<string>(), closed: new Set<string>() });
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await fetchComms({ limit: PAGE, ...(cursor ? { cursor } : {}) });
    const live = page.comms.filter((each) => !news.closed.has(commKey(each.kernel_id, each.comm_id)));
    table.merge(live, false);
    for (const each of live) seen.add(commKey(each.kernel_id, each.comm_id));
    cursor = page.next ?? undefined;
  } while (cursor);
  // A later reload may have begun meanwhile. Its list is newer.
  if (news !== meanwhile) return;
  meanwhile = undefined;
  table.keep(new Set([...seen, ...news.opened]));
  commsLoading.value = false;
}

/** Follow events. */
export function followComms(events: readonly BrokerEvent[]): void {
  if (meanwhile) {
    for (const { type, data } of events) {
      if (type !== "opened" && type !== "closed") continue;
      const key = commKey(data.kernel_id, data.comm_id);
      meanwhile[type].add(key);
      meanwhile[type === "opened" ? "closed" : "opened"].delete(key);
    }
  }
  newest += table.follow(events);
  if (newest) newestPoller.now();
}

/** How many comms were opened whose facts are not known yet. */
let newest = 0;

/** Fetch the facts of new comms, once for many. Events do not have all of them. */
async function refreshNewest(): Promise<void> {
  const wanted = newest;
  newest = 0;
  if (wanted > PAGE) await reloadComms();
  else table.merge((await fetchComms({ sort: "-opened_at", limit: wanted || 1 })).comms, true);
}

const newestPoller = new Poller(refreshNewest, 1000, (failure) => tellFailure("New comms could not be fetched", failure));

let refreshedAt = "";

/** Fetch the comms that were active since the last time. */
async function refreshActive(): Promise<void> {
  let cursor: string | undefined;
  let latest = refreshedAt;
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await fetchComms({ sort: "-last_activity", limit: page ? PAGE : 200, fields: VOLATILE, ...(cursor ? { cursor } : {}) });
    const news = found.comms.filter((each: CommView) => each.last_activity >= refreshedAt);
    table.merge(news, true);
    for (const each of news) if (each.last_activity > latest) latest = each.last_activity;
    cursor = found.next ?? undefined;
    if (!cursor || news.length < found.comms.length) break;
  }
  refreshedAt = latest;
}

const activePoller = new Poller(refreshActive, 2000, (failure) => tellFailure("Active comms could not be fetched", failure));

/**
 * Keep messages, bytes, sizes and knowledge of all comms up to date while a view shows them.
 *
 * Returns a function that ends it: `useEffect(watchActivity, [])`.
 */
export function watchActivity(): () => void {
  return activePoller.want();
}
