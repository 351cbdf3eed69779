// The button that draws a widget. The code is loaded only after a click.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ModelView } from "../api/shapes";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { permissions } from "../store/permissions";
import styles from "./preview.module.css";
import type { WidgetFrameProps } from "./WidgetFrame";

export interface PreviewProps {
  readonly kernelId: string;
  readonly commId: string;
  readonly model: ModelView | null;
  /** Why the widget cannot be drawn. */
  readonly offBecause?: string | undefined;
}

export function Preview({ kernelId, commId, model, offBecause }: PreviewProps) {
  const [Frame, setFrame] = useState<ComponentType<WidgetFrameProps>>();
  const [failure, setFailure] = useState("");
  const id = `${kernelId}/${commId}`;
  // The preview of another comm needs another click.
  useEffect(() => setFrame(undefined), [id]);

  const open = async (): Promise<void> => {
    setFailure("");
    try {
      const { WidgetFrame } = await import("./WidgetFrame");
      setFrame(() => WidgetFrame);
    } catch {
      setFailure("The preview's code did not load. If the server is running, reload this page.");
    }
  };

  return (
    <section aria-label="Preview">
      <div class={styles.bar}>
        {Frame ? (
          <Button onClick={() => setFrame(undefined)}>Close preview</Button>
        ) : (
          <Button onClick={() => void open()} offBecause={model ? offBecause : "This comm is not a widget: there is nothing to draw."}>
            Preview
          </Button>
        )}
        {!Frame && model && <span class="muted small">Draws the widget with its own code, isolated from this page.</span>}
      </div>
      {failure && (
        <Notice tone="bad" loud>
          {failure}
        </Notice>
      )}
      {Frame && model && <Frame key={id} kernelId={kernelId} commId={commId} name={model.name} mayWrite={permissions.value?.write ?? true} />}
    </section>
  );
}
