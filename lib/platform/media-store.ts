import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { assert } from "@/lib/kernel/assert";
import type { Deps } from "./deps";

/** Where files lie that never change once they are there, each named by what is in it. */
export interface MediaStore {
  /** Whole or not at all; the same name again is the same file. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer<ArrayBuffer> | null>;
}

const NAME = /^[0-9a-f]{32}(-480)?\.webp$/;

/** Whether a text is the name of a file that a store can hold: nothing else is ever made a path of. */
export const isMediaName = (name: string): boolean => NAME.test(name);

/** `media` is shown to everybody who knows a name; `evidence` to whoever a route has found to see its dispute. */
export type MediaFolder = "media" | "evidence";

/** The disk under the data folder; several machines share it, or keep their pictures on one of them. */
export function mediaStoreOf({ env }: Pick<Deps, "env">, folder: MediaFolder = "media"): MediaStore {
  const placeOf = (name: string): string => {
    assert(isMediaName(name), "a name of a picture");
    return path.join(/* turbopackIgnore: true */ env.dataDir, folder, name.slice(0, 2), name);
  };
  return {
    async put(name, bytes) {
      const place = placeOf(name);
      await mkdir(path.dirname(place), { recursive: true });
      const draft = `${place}.${randomBytes(6).toString("hex")}`;
      try {
        const file = await open(draft, "wx", 0o644);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, place);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async read(name) {
      if (!isMediaName(name)) return null;
      try {
        return (await readFile(placeOf(name))) as Buffer<ArrayBuffer>;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
  };
}
