/** An official release: a gzipped tar file, or a zip file, in which `member` is the program. */
export interface Archive {
  /** Places that serve the same file; the first that answers is used. */
  readonly urls: readonly string[];
  /** The checksum; where it is not known here, the address of the release's own list of checksums, which is asked over TLS. */
  readonly sha256: string | { readonly list: string };
  readonly member: string;
  /** Other programs of the archive, that are put beside the program under the names they have there. */
  readonly beside?: readonly string[];
  /** Folders of the archive that the program needs, `server-1.2/public`: put beside it with all that is in them. */
  readonly folders?: readonly string[];
  readonly megabytes: number;
}

export interface DownloadOptions {
  readonly title: string;
  /** Where the program is written, mode 0755. */
  readonly target: string;
  /** For proxy settings (`HTTPS_PROXY` …) and additional certificate authorities (`NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`). */
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for a connection; 3 s unless told. */
  readonly connectMs?: number;
}

/** A release whose checksum is known. */
export type SummedArchive = Archive & { readonly sha256: string };

/** How long a running transfer may pause. */
export const pauseMs = 20_000;
const progressEveryMs = 3000;

/** Says how far it is, every few seconds. */
export function progressLines(total: number | undefined, options: DownloadOptions): (bytes: number) => void {
  const inMegabytes = (bytes: number) => Math.round(bytes / 1e6);
  let done = 0;
  let next = Date.now() + progressEveryMs;
  return (bytes) => {
    done += bytes;
    if (Date.now() < next) return;
    next = Date.now() + progressEveryMs;
    options.say(`downloading ${options.title}: ${inMegabytes(done)}${total ? ` of ${inMegabytes(total)}` : ''} MB`);
  };
}
