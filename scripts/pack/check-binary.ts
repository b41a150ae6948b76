import { readNeeds } from './elf.ts';

/** What the base's own libraries offer: the newest symbol version of each, in every image of that base. */
const bases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ubuntu 22.04': { GLIBC: '2.35', GLIBCXX: '3.4.30', CXXABI: '1.3.13', GCC: '12.0.0' },
  'ubuntu 24.04': { GLIBC: '2.39', GLIBCXX: '3.4.33', CXXABI: '1.3.15', GCC: '14.0.0' },
};

/** Libraries that every Ubuntu base image has: the C library's, and libstdc++ and libgcc, which apt itself needs. */
const present = /^(ld-linux[\w-]*\.so\.\d|lib(c|m|dl|pthread|rt)\.so\.\d|libstdc\+\+\.so\.6|libgcc_s\.so\.1)$/;

/** Compares what an ELF binary needs with the Ubuntu bases; `lines` is for people. */
export async function checkBinary(
  file: string,
): Promise<{ readonly lines: readonly string[]; readonly fits: boolean }> {
  const needs = await readNeeds(file);
  const foreign = needs.libraries.filter((library) => !present.test(library));
  const lines = [`${file} needs ${needs.libraries.join(', ')}`];
  if (foreign.length > 0) lines.push(`not in a stock Ubuntu: ${foreign.join(', ')}`);
  let fits = foreign.length === 0;
  for (const [base, offered] of Object.entries(bases)) {
    const missing = needs.versions.filter((version) => !isOffered(version, offered));
    lines.push(
      missing.length === 0
        ? `${base}: has everything (${newest(needs.versions)})`
        : `${base}: lacks ${missing.join(', ')}`,
    );
    fits &&= missing.length === 0;
  }
  return { lines, fits };
}

function isOffered(version: string, offered: Readonly<Record<string, string>>): boolean {
  const [, family = '', number = ''] = /^([A-Z]+)_([\d.]+)$/.exec(version) ?? [];
  const newestOffered = offered[family];
  return newestOffered !== undefined && compare(number, newestOffered) <= 0;
}

function newest(versions: readonly string[]): string {
  const families = Map.groupBy(versions, (version) => version.split('_')[0] ?? '');
  const tops = [...families.values()].map((family) =>
    family.toSorted((a, b) => compare(a.split('_')[1] ?? '', b.split('_')[1] ?? '')).at(-1),
  );
  return tops.sort().join(', ');
}

function compare(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
