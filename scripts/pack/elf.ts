import { type FileHandle, open } from 'node:fs/promises';

/** What a dynamic linker has to find for a program: library names, and symbol versions such as `GLIBC_2.28`. */
export interface ElfNeeds {
  readonly libraries: readonly string[];
  readonly versions: readonly string[];
}

interface Section {
  readonly type: number;
  readonly link: number;
  readonly content: () => Promise<Buffer>;
}

const sectionTypes = { dynamic: 6, versionNeeds: 0x6ffffffe } as const;
const neededTag = 1;

/** Reads the needs of a 64-bit little-endian ELF program, as amd64's and arm64's are. Layout: the ELF-64 object file format. */
export async function readNeeds(file: string): Promise<ElfNeeds> {
  const handle = await open(file);
  try {
    const sections = await readSections(handle, file);
    const [libraries, versions] = await Promise.all([neededLibraries(sections), neededVersions(sections)]);
    return { libraries, versions };
  } finally {
    await handle.close();
  }
}

async function readSections(handle: FileHandle, file: string): Promise<readonly Section[]> {
  const header = await readAt(handle, { at: 0, size: 64 });
  if (header.toString('latin1', 0, 4) !== '\x7fELF' || header[4] !== 2 || header[5] !== 1) {
    throw new Error(`cannot read the needs of ${file}: it is not a 64-bit little-endian ELF file`);
  }
  const [start, size, count] = [Number(header.readBigUInt64LE(40)), header.readUInt16LE(58), header.readUInt16LE(60)];
  const table = await readAt(handle, { at: start, size: size * count });
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size, (index + 1) * size);
    const range = { at: Number(entry.readBigUInt64LE(24)), size: Number(entry.readBigUInt64LE(32)) };
    return { type: entry.readUInt32LE(4), link: entry.readUInt32LE(40), content: () => readAt(handle, range) };
  });
}

async function neededLibraries(sections: readonly Section[]): Promise<string[]> {
  const section = sections.find(({ type }) => type === sectionTypes.dynamic);
  const [entries, names] = await contents(section, sections);
  const found: string[] = [];
  for (let at = 0; at + 16 <= entries.length; at += 16) {
    if (Number(entries.readBigUInt64LE(at)) === neededTag)
      found.push(text(names, Number(entries.readBigUInt64LE(at + 8))));
  }
  return found;
}

/** A chain of libraries, each with a chain of versions: `Elf64_Verneed` and `Elf64_Vernaux`. */
async function neededVersions(sections: readonly Section[]): Promise<string[]> {
  const section = sections.find(({ type }) => type === sectionTypes.versionNeeds);
  const [chain, names] = await contents(section, sections);
  const found = new Set<string>();
  for (let library = 0; library + 16 <= chain.length; ) {
    for (let at = library + chain.readUInt32LE(library + 8), left = chain.readUInt16LE(library + 2); left > 0; left--) {
      found.add(text(names, chain.readUInt32LE(at + 8)));
      at += chain.readUInt32LE(at + 12);
    }
    const next = chain.readUInt32LE(library + 12);
    if (next === 0) break;
    library += next;
  }
  return [...found].sort();
}

async function contents(section: Section | undefined, sections: readonly Section[]): Promise<[Buffer, Buffer]> {
  const names = sections[section?.link ?? -1];
  if (section === undefined || names === undefined) return [Buffer.alloc(0), Buffer.alloc(0)];
  return Promise.all([section.content(), names.content()]);
}

function text(names: Buffer, at: number): string {
  return names.toString('latin1', at, names.indexOf(0, at));
}

async function readAt(
  handle: FileHandle,
  { at, size }: { readonly at: number; readonly size: number },
): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  await handle.read(buffer, 0, size, at);
  return buffer;
}
