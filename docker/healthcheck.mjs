// `node healthcheck.mjs /livez`: ends with 0 where the worker in this container answers that it is well.
const { PORT = '8080' } = process.env;
try {
  const { ok } = await fetch(`http://127.0.0.1:${PORT || '8080'}${process.argv[2]}`);
  process.exit(ok ? 0 : 1);
} catch {
  process.exit(1);
}
