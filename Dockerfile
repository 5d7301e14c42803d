# The worker, and the operator's command line: `docker run macie-isolator --help`.
# Needs no BuildKit. FROM names both bases by itself, because Dependabot reads no ARG. A build that can be repeated writes their digests
# behind them, as the release does.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY scripts scripts
COPY docker/start.cjs docker/
COPY deploy/ecs deploy/ecs
ARG REVISION=unknown
RUN node scripts/build.ts package && node scripts/build.ts demo
# Bases other than Node's own images may leave its licence out.
RUN cp /usr/local/LICENSE /licence-of-node || \
    echo "https://github.com/nodejs/node/blob/$(node --version)/LICENSE" >/licence-of-node
RUN mkdir /app && cp -r dist docker/start.cjs /app && node scripts/compile-bundle.ts /app/start.cjs

# Everything below /root-of-image is the whole file system of the image: Node, its libraries, and their licences.
# Its base has the C and C++ libraries that Node needs, of the Debian release that gets security updates.
FROM debian:trixie-slim AS files
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /licence-of-node /usr/share/doc/node/copyright
COPY docker/assemble-files.sh /
RUN sh /assemble-files.sh /root-of-image

# No shell, package manager or setuid file, no source, and no dependency that is not in a bundle.
FROM scratch AS runtime
COPY --from=files /root-of-image /
WORKDIR /app
ENV NODE_ENV=production PATH=/usr/local/bin
USER 1000:1000

# The generator of synthetic tables and the stand-in for Macie, for docker-compose.yml.
FROM runtime AS demo
COPY --from=build /build/dist-demo dist
ENTRYPOINT ["node", "/app/dist/demo-connected.cjs"]

FROM runtime AS worker
ARG REVISION=unknown
LABEL org.opencontainers.image.title="macie-isolator" \
      org.opencontainers.image.description="Takes objects that Amazon Macie flagged out of reach." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE docker/healthcheck.mjs ./
COPY --from=build /app ./
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "/app/healthcheck.mjs", "/livez"]
# Room for all that a start allocates: without it a tenth of the start-up is garbage collection.
# A command that loads its code while it runs would warn of what start.cjs rests on.
ENTRYPOINT ["node", "--min-semi-space-size=16", "--disable-warning=ExperimentalWarning", "/app/start.cjs"]
CMD ["worker"]
