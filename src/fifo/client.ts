import { chmod, rename, writeFile } from 'node:fs/promises';

/** Calls that a program other than the server answers, for example because they stream. */
export interface FifoFallback {
  /** Replaces the client (`exec`); the call's arguments are appended. */
  readonly command: readonly string[];
  /**
   * When: each entry is a first argument, optionally followed by options of which one must be there as well.
   * `[['exec'], ['run'], ['logs', '-f', '--follow']]`.
   */
  readonly when: readonly (readonly [string, ...string[]])[];
}

export interface FifoClientOptions {
  /** The server's directory. */
  readonly dir: string;
  /** What the client says on stderr when no server answers, before it exits with 1. */
  readonly unreachable?: string;
  /** The environment variable whose value is handed over as the call's context. */
  readonly contextVariable?: string;
  readonly fallback?: FifoFallback;
}

/**
 * Writes the POSIX-sh client for the server of `dir` to `file`, mode 0755, replacing what is there in one step.
 * Link other names to it: the server is told the name by which it was started.
 */
export async function writeFifoClient(options: FifoClientOptions & { readonly file: string }): Promise<void> {
  const text = renderFifoClient(options);
  const fresh = `${options.file}.${process.pid}.new`;
  await writeFile(fresh, text, { mode: 0o755 });
  await chmod(fresh, 0o755);
  await rename(fresh, options.file);
}

/** The client's text. It starts no other program unless standard input is asked for or the answer is long. */
export function renderFifoClient(options: FifoClientOptions): string {
  const unreachable = options.unreachable ?? 'ERROR cannot reach the server: nobody answers (it is stopped)';
  const context = options.contextVariable ? `\${${options.contextVariable}-}` : '';
  return `#!/bin/sh
# Sends this call to the server of the directory d and repeats its answer.
${options.fallback ? renderFallback(options.fallback) : ''}umask 077
PATH=$PATH:/usr/bin:/bin
d=${quote(options.dir)}
i=-
p=
for a do
  case $a in
    --file=-) i=in ;;
    -) case $p in --file) i=in ;; esac ;;
  esac
  p=$a
done
unreachable() {
  printf '%s\\n' ${quote(unreachable)} >&2
  exit 1
}
# Claims one of the named pipes that the server keeps ready: whoever creates the file q.N has r.N for itself.
claim() {
  for r in "$d"/r.*; do
    q=$d/q.\${r##*.}
    if { true >"$q"; } 2>/dev/null; then
      if test -p "$r"; then return 0; fi
      rm -f "$q"
    fi
  done
  return 1
}
set -C
n=0
until claim; do
  # All are taken. The server lets go of w when it has made new ones; a dead server has let go of it as well.
  n=$((n + 1))
  if test $n -gt 500; then unreachable; fi
  if test -p "$d/w" && test -p "$d/c"; then exec 3<>"$d/w" 4<"$d/w" 3>&- 5<>"$d/c"; else unreachable; fi
  if claim; then break; fi
  echo '?' >&5
  read -r a <&4
done
set +C
case $i in in) cat >"$q.in" || exit 1 ;; esac
printf '%s\\0' "$i" "${context}" "$PWD" "\${0##*/}" "$@" >"$q" || exit 1
test -p "$d/c" || unreachable
# Opening for both directions never blocks. Once r is open for reading alone, reading ends when the server dies.
exec 3<>"$r" 4<"$r" 3>&- 5<>"$d/c"
echo "\${r##*.}" >&5
IFS=' ' read -r code out err <&4 || unreachable
case $err in =) ;; *) printf %b "\${err#=}" >&2 ;; esac
case $out in
  =) ;;
  @)
    case $code in 0) exec cat <&4 5>&- ;; *) cat <&4 ;; esac
    ;;
  *) printf %b "\${out#=}" ;;
esac
exit "$code"
`;
}

function renderFallback(fallback: FifoFallback): string {
  const command = fallback.command.map(quote).join(' ');
  const arms = fallback.when.map(([word, ...options]) => {
    if (options.length === 0) {
      return `  ${quote(word)}) exec ${command} "$@" ;;\n`;
    }
    return `  ${quote(word)}) for a do case $a in ${options.map(quote).join(' | ')}) exec ${command} "$@" ;; esac; done ;;\n`;
  });
  return `case \${1-} in\n${arms.join('')}esac\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
