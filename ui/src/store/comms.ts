// The live comms of all kernels: fetched once, followed by events, refreshed where they are active.
import { computed, signal } from "@preact/signals";
import { fetchComms } from "../api/broker";
import type { BrokerEvent } from "../api/event_shapes";
import type { CommView } from "../api/shapes";
import { CommTable, commKey, type Comm } from "./comm_table";
import { tellFailure } from "./notices";
import { Poller } from "./poller";

const table = new CommTable();

/** All comms as a list, in the order in which they became known; another list when any changed. */
export const commList = computed<readonly Comm[]>(() => {
  void table.version.value;
  return [...table.rows.values()];
});

/** One comm as lists show it; undefined where it does not live (any more). */
export function commOf(kernelId: string, commId: string): Comm | undefined {
  void table.version.value;
  return table.rows.get(commKey(kernelId, commId));
}

/** Whether the first list is still on its way. */
export const commsLoading = signal(true);

/** REST's largest page. */
const PAGE = 1000;
/** What changes by itself while a comm lives. */
const VOLATILE = ["kernel_id", "comm_id", "last_activity", "messages", "bytes", "knowledge", "dirty_because", "pending", "sequence", "frontends", "references", "parents", "model"];
/** Pages of a refresh: what is idle longer than these is refreshed later. */
const MOST_PAGES = 2;

/** What events told while a list was fetched: the list may be older. */
let meanwhile: { readonly opened: Set<string>; readonly closed: Set<string> } | undefined;

/** Fetch everything anew, as at the start and whenever events were missed. */
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
  // Another reload may have begun meanwhile, which then knows better.
  if (news !== meanwhile) return;
  meanwhile = undefined;
  table.keep(new Set([...seen, ...news.opened]));
  commsLoading.value = false;
}

/** Follow what happened. */
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

/** How many comms were opened of which no more than that is known. */
let newest = 0;

/** What an opening tells is not all: ask for the newest, once for many. */
async function refreshNewest(): Promise<void> {
  const wanted = newest;
  newest = 0;
  if (wanted > PAGE) await reloadComms();
  else table.merge((await fetchComms({ sort: "-opened_at", limit: wanted || 1 })).comms, true);
}

const newestPoller = new Poller(refreshNewest, 1000, (failure) => tellFailure("New comms could not be asked for", failure));

let refreshedAt = "";

/** Ask for what was active since the last time. */
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

const activePoller = new Poller(refreshActive, 2000, (failure) => tellFailure("Active comms could not be asked for", failure));

/**
 * Keep messages, bytes, sizes and knowledge of all comms fresh while a view shows them.
 *
 * Returns what ends it: `useEffect(watchActivity, [])`.
 */
export function watchActivity(): () => void {
  return activePoller.want();
}
