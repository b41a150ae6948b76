/** A line longer than this is cut into pieces; nobody may fill the memory with a line that never ends. */
const longestLine = 16 * 1024;

/** Cuts a stream of bytes into lines. What has no end yet is kept until it has one. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that are complete now, without their ends. Bytes that are no UTF-8 become U+FFFD. */
  push(chunk: Buffer): string[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const lines: string[] = [];
    let from = 0;
    for (let end = data.indexOf(10, from); end >= 0; end = data.indexOf(10, from)) {
      lines.push(...pieces(data.subarray(from, end)));
      from = end + 1;
    }
    for (; data.length - from > longestLine; from += longestLine) {
      lines.push(data.toString('utf8', from, from + longestLine));
    }
    this.#rest = Buffer.from(data.subarray(from));
    return lines;
  }

  /** The unfinished line, if there is one; for when nobody can finish it any more. */
  flush(): string[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : [rest.toString('utf8')];
  }
}

function pieces(line: Buffer): string[] {
  if (line.length <= longestLine) return [line.toString('utf8')];
  const list: string[] = [];
  for (let at = 0; at < line.length; at += longestLine) list.push(line.toString('utf8', at, at + longestLine));
  return list;
}
