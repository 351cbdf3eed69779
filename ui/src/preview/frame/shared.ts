// The modules that labextensions share. There is one copy of each, so that all use the same classes.
import * as manager from "@jupyter-widgets/base-manager";
import { version as managerVersion } from "@jupyter-widgets/base-manager/package.json";
import { version as baseVersion } from "@jupyter-widgets/base/package.json";
import { version as controlsVersion } from "@jupyter-widgets/controls/package.json";
import * as algorithm from "@lumino/algorithm";
import { version as algorithmVersion } from "@lumino/algorithm/package.json";
import * as coreutils from "@lumino/coreutils";
import { version as coreutilsVersion } from "@lumino/coreutils/package.json";
import * as disposable from "@lumino/disposable";
import { version as disposableVersion } from "@lumino/disposable/package.json";
import * as messaging from "@lumino/messaging";
import { version as messagingVersion } from "@lumino/messaging/package.json";
import * as signaling from "@lumino/signaling";
import { version as signalingVersion } from "@lumino/signaling/package.json";
import * as widgets from "@lumino/widgets";
import { version as widgetsVersion } from "@lumino/widgets/package.json";

interface Shared {
  readonly get: () => Promise<() => unknown>;
  readonly from: string;
  readonly loaded: 1;
  readonly eager: boolean;
}

/** A share scope of webpack's module federation: by name and version. */
export function shared(base: unknown): Record<string, Record<string, Shared>> {
  const scope: Record<string, Record<string, Shared>> = {};
  const share = (name: string, version: string, load: () => unknown): void => {
    const get = async (): Promise<() => unknown> => {
      const module = await load();
      return () => module;
    };
    scope[name] = { [version]: { get, from: "jupyter_comm_broker", loaded: 1, eager: false } };
  };
  share("@jupyter-widgets/base", baseVersion, () => base);
  share("@jupyter-widgets/base-manager", managerVersion, () => manager);
  share("@jupyter-widgets/controls", controlsVersion, () => import("./controls"));
  share("@lumino/algorithm", algorithmVersion, () => algorithm);
  share("@lumino/coreutils", coreutilsVersion, () => coreutils);
  share("@lumino/disposable", disposableVersion, () => disposable);
  share("@lumino/messaging", messagingVersion, () => messaging);
  share("@lumino/signaling", signalingVersion, () => signaling);
  share("@lumino/widgets", widgetsVersion, () => widgets);
  return scope;
}
