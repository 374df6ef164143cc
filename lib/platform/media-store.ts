import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { assert } from "@/lib/kernel/assert";
import { bucketStore } from "./bucket-store";
import { type Deps, ofDeps } from "./deps";

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

/** A bucket where one is named, and otherwise the disk under the data folder, which several machines then share. */
export const mediaStoreOf = (deps: Deps, folder: MediaFolder = "media"): MediaStore =>
  ofDeps(deps, `media.${folder}`, () => storeOf(deps.env, folder));

function storeOf({ bucket, dataDir }: Deps["env"], folder: MediaFolder): MediaStore {
  const objects = bucket ? bucketStore(bucket) : diskStore(dataDir);
  // Where a file lies, on the disk as in a bucket: what is on the one can be copied to the other as it is.
  const keyOf = (name: string): string => {
    assert(isMediaName(name), "a name of a picture");
    return `${folder}/${name.slice(0, 2)}/${name}`;
  };
  return {
    put: async (name, bytes) => objects.put(keyOf(name), bytes),
    read: async (name) => (isMediaName(name) ? objects.read(keyOf(name)) : null),
  };
}

function diskStore(dataDir: string): MediaStore {
  const placeOf = (key: string): string => path.join(/* turbopackIgnore: true */ dataDir, key);
  return {
    async put(key, bytes) {
      const place = placeOf(key);
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
    async read(key) {
      try {
        return (await readFile(placeOf(key))) as Buffer<ArrayBuffer>;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
  };
}
