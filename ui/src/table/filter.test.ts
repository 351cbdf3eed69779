import { describe, expect, it } from "vitest";
import { comm, titleOf } from "./comms.testing";
import { choices, matching } from "./filter";
import { wantedOf } from "./wanted";

const AT = Date.parse("2026-01-01T01:00:00Z");
const all = [
  comm("aa11", { model: "IntSliderModel", frontends: ["p"], last_activity: "2026-01-01T00:59:30Z" }),
  comm("bb22", { model: "LayoutModel", caption: "Epochs = 7", knowledge: "dirty" }),
  comm("cc33", { target_name: "My.Plot", knowledge: "unknown", kernel_id: "k2", frontends: ["p"] }),
];
const found = (conditions: Record<string, string>) => matching(all, wantedOf(conditions).filter, titleOf, AT).map((each) => each.comm_id.slice(0, 2));

describe("conditions", () => {
  it.each([
    [{}, ["aa", "bb", "cc"]],
    [{ text: "MY.PLOT" }, ["cc"]],
    [{ text: "b22" }, ["bb"]],
    [{ text: "slider" }, ["aa"]],
    [{ text: "epochs" }, ["bb"]],
    [{ text: "BETA" }, ["cc"]],
    [{ kernel: "k2" }, ["cc"]],
    [{ target: "My.Plot" }, ["cc"]],
    [{ target: "my.plot" }, []],
    [{ model: "LayoutModel" }, ["bb"]],
    [{ knowledge: "dirty" }, ["bb"]],
    [{ knowledge: "unknown" }, []],
    [{ attached: "yes" }, ["aa", "cc"]],
    [{ attached: "no" }, ["bb"]],
    [{ idle: "60" }, ["bb", "cc"]],
    [{ idle: "60", attached: "yes" }, ["cc"]],
  ])("%j leave %j", (conditions, left) => expect(found(conditions as Record<string, string>)).toEqual(left));

  it("offer what comms have, the most frequent first, and no name that no URL holds", () => {
    const more = [...all, comm("d", { target_name: "x".repeat(1_000_000) }), comm("e", { target_name: "" })];
    expect(choices(more, (each) => each.target_name)).toEqual([
      { value: "jupyter.widget", count: 2 },
      { value: "My.Plot", count: 1 },
    ]);
  });

  it("search a name of a megabyte only in its beginning", () => {
    const long = [comm("d", { target_name: "begin" + "x".repeat(1_000_000) + "end" })];
    const search = (text: string) => matching(long, wantedOf({ text }).filter, titleOf, AT).length;
    expect([search("begin"), search("end")]).toEqual([1, 0]);
  });
});
