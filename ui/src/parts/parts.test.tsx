import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Button } from "./Button";
import { Inert } from "./Inert";
import { Link } from "./Link";

const place = document.body.appendChild(document.createElement("div"));
const draw = (what: preact.ComponentChild) => act(() => render(what, place));
afterEach(() => draw(null));
const one = <T extends HTMLElement>(selector: string) => place.querySelector<T>(selector)!;

describe("parts", () => {
  it("a button that is off does nothing, can be reached, and says why", async () => {
    const click = vi.fn();
    await draw(
      <Button onClick={click} offBecause="You may only look.">
        Close
      </Button>,
    );
    const button = one<HTMLButtonElement>("button");
    button.click();
    expect(click).not.toHaveBeenCalled();
    expect(button.disabled).toBe(false);
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe("You may only look.");
    await draw(<Button onClick={click}>Close</Button>);
    one<HTMLButtonElement>("button").click();
    expect(click).toHaveBeenCalledOnce();
  });

  it("text of others is text, named where it would not be seen, cut where it is long", async () => {
    await draw(<Inert text={"<img src=x onerror=alert(1)>\u202e" + "x".repeat(600)} most={40} />);
    expect(place.querySelector("img")).toBeNull();
    expect(place.textContent).toContain("<img src=x onerror=alert(1)>U+202E");
    expect(place.textContent?.length).toBeLessThan(100);
    await act(() => one<HTMLButtonElement>("button").click());
    expect(place.textContent?.length).toBeGreaterThan(400);
  });

  it("text within a link is cut for good, and its title has more of it", async () => {
    await draw(<Inert text={"y\u200b".repeat(100)} most={10} brief />);
    expect(place.querySelector("button")).toBeNull();
    expect(place.textContent).toMatch(/…$/);
    expect(one("bdi").title).toContain("[U+200B]");
  });

  it("a link goes to its view without a load, and leaves other clicks to the browser", async () => {
    await draw(
      <Link to="comms" wanted={{ target: "a b" }}>
        x
      </Link>,
    );
    const link = one<HTMLAnchorElement>("a");
    expect(link.getAttribute("href")).toBe("?view=comms&target=a+b");
    const plainly = new MouseEvent("click", { bubbles: true, cancelable: true });
    link.dispatchEvent(plainly);
    expect([plainly.defaultPrevented, location.search]).toEqual([true, "?view=comms&target=a+b"]);
    const another = new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true });
    link.dispatchEvent(another);
    expect(another.defaultPrevented).toBe(false);
  });
});
