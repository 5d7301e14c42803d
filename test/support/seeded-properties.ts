import fc from 'fast-check';

/** So that a mutant that survives today survives tomorrow. */
fc.configureGlobal({ seed: 20_261_120 });
