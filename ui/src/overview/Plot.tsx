// A plot. Its drawing code is loaded when there is a plot.
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { rates } from "../store/kernels";
import type { Rates } from "../store/rates";
import styles from "./overview.module.css";

interface Props {
  readonly of: (moment: Rates) => Rates["messages"];
  readonly write: (value: number) => string;
  readonly label: string;
}

export function Plot({ of, write, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let over = false;
    void import("./drawing").then(({ Drawing }) => {
      if (over || !place.current) return;
      const drawing = new Drawing(place.current, write);
      const dispose = effect(() => {
        const moments = rates.value;
        drawing.show(moments.map((each) => each.at), moments.map((each) => of(each).from_kernel), moments.map((each) => of(each).from_frontends));
      });
      stop = () => {
        dispose();
        drawing.end();
      };
    });
    return () => {
      over = true;
      stop?.();
    };
  }, []);
  return <div ref={place} class={styles.plotPlace} role="img" aria-label={label} />;
}
