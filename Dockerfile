# The worker, and the operator's command line: `docker run macie-isolator --help`.
# Needs no BuildKit. For a build that can be repeated give the base by its digest:
#   docker build --build-arg NODE_IMAGE=node@sha256:... --build-arg REVISION=$(git rev-parse --short=12 HEAD) .
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY scripts scripts
COPY docker/start.cjs docker/
ARG REVISION=unknown
RUN node scripts/build.ts package && node scripts/build.ts demo
RUN mkdir /app && cp -r dist docker/start.cjs /app && node scripts/compile-bundle.ts /app/start.cjs

# Node and nothing else: no package manager, no source, no dependency that is not in a bundle.
FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
WORKDIR /app
ENV NODE_ENV=production
USER node

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
ENTRYPOINT ["node", "--min-semi-space-size=16", "/app/start.cjs"]
CMD ["worker"]
