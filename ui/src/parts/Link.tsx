// A link to another view of the page. A plain click stays in the page, other clicks do what browsers do.
import type { ComponentChildren } from "preact";
import { conditions, go, href, type Conditions, type View } from "../address";

interface Props {
  readonly to: View;
  readonly wanted?: Conditions;
  readonly children: ComponentChildren;
  readonly class?: string | undefined;
  readonly current?: boolean;
  readonly title?: string;
  readonly tabIndex?: number;
}

export function Link({ to, wanted = {}, children, current, title, ...rest }: Props) {
  void conditions.value;
  return (
    <a
      {...rest}
      title={title}
      href={href(to, wanted)}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(to, wanted);
      }}
    >
      {children}
    </a>
  );
}
