import { listenForStop } from './stop-signals.ts';

// Imported first. Other commands end by a signal as any program does.
if (process.argv[2] === 'worker') listenForStop();
