import { listenForStop } from './stop-signals.ts';

// This module must be imported first. Other commands than the worker end at a signal like any program.
if (process.argv[2] === 'worker') listenForStop();
