import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../api/request";
import { dismiss, notices, tell, tellFailure } from "./notices";

beforeEach(() => {
  notices.value = [];
});
const texts = () => notices.value.map((each) => each.text);

describe("notices", () => {
  it("tell what failed and what to do", () => {
    tellFailure("The comm could not be closed", new ApiError("x may not execute comms", 403, "not authorized"));
    expect(notices.value[0]).toMatchObject({ tone: "bad", text: "The comm could not be closed: x may not execute comms" });
    expect(notices.value[0]?.advice).toContain("Ask the server's operator");
  });

  it("leave to the connection's mark what it says already", () => {
    tellFailure("x", new ApiError("", 0, "unreachable"));
    tellFailure("x", new ApiError("Forbidden", 403, "Forbidden"));
    expect(texts()).toEqual([]);
  });

  it("say the same once, keep only the latest, and can be taken away", () => {
    for (const text of ["a", "a", "b", "c", "d", "e"]) tell({ tone: "bad", text });
    expect(texts()).toEqual(["b", "c", "d", "e"]);
    dismiss(notices.value[1]?.id ?? 0);
    expect(texts()).toEqual(["b", "d", "e"]);
  });
});
