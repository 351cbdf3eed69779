// Files that are sent as the buffers of a message, in order.
import { useId } from "preact/hooks";
import { Button } from "../parts/Button";
import { bytes } from "../parts/format";
import { Inert } from "../parts/Inert";
import styles from "./comm.module.css";

export function Files({ files, onFiles }: { readonly files: readonly File[]; readonly onFiles: (files: readonly File[]) => void }) {
  const id = useId();
  return (
    <>
      <label for={id}>Buffers (optional)</label>
      <input
        id={id}
        type="file"
        multiple
        class={styles.file}
        onChange={(event) => {
          onFiles([...files, ...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {files.length > 0 && (
        <ol start={0} class={styles.files}>
          {files.map((file, index) => (
            <li key={`${index} ${file.name}`}>
              <Inert text={file.name} most={60} /> <span class="muted small">{bytes(file.size)}</span>
              <Button tone="quiet" label={`Take out buffer ${index}`} onClick={() => onFiles(files.filter((_, other) => other !== index))}>
                Take out
              </Button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** A file's bytes in base64, as REST takes them. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("the file could not be read"));
    reader.readAsDataURL(file);
  });
}
