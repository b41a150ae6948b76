import { PebbleClient } from '../pebble/client.ts';

/**
 * Prints the host's name and then the environ files that hold the line `$1`. One grep where it knows NUL-separated
 * lines, else a loop that busybox can run too; files of other users are passed over.
 */
const search = `cat /proc/sys/kernel/hostname
if printf 'x\\0' | grep -qzxF x 2>/dev/null; then
  grep -lazsxF -e "$1" /proc/[0-9]*/environ
else
  for file in /proc/[0-9]*/environ; do
    tr '\\000' '\\n' 2>/dev/null <"$file" | grep -qxF -e "$1" && echo "$file"
  done
fi 2>/dev/null
exit 0`;

const timeoutMs = 2000;

/** Finds the workload's processes whose environment has the line `marker`. Rejects when the workload has no shell. */
export async function readProcesses(
  socket: string,
  marker: string,
): Promise<{ readonly pids: readonly number[]; readonly hostname: string }> {
  const client = new PebbleClient({ socket, timeoutMs });
  const process = await client.exec(['sh', '-c', search, 'sh', marker], { timeoutMs });
  const { stdout } = await process.result;
  const [hostname = '', ...files] = stdout.toString('utf8').trimEnd().split('\n');
  const pids = files.flatMap((file) => /^\/proc\/(\d+)\/environ$/.exec(file)?.[1] ?? []).map(Number);
  return { pids, hostname };
}
