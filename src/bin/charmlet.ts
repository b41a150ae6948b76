/** The command line `charmlet`: everything is in src/cli. */
import { processIo } from '../cli/io.ts';
import { main } from '../cli/main.ts';

const io = processIo();
process.exitCode = await main(process.argv.slice(2), io);
