ARG NODE_IMAGE=node:22-bookworm-slim
# pg_dump reads servers of its own major version and of older ones.
ARG POSTGRES_CLIENT=18

FROM ${NODE_IMAGE} AS build
# For native modules on platforms without a prebuilt binary.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
ARG POSTGRES_CLIENT
# mariadb-client has the dump and load programs, for MySQL servers too; those of PostgreSQL come from its own archive, since
# Debian's are older than most servers; zstd is for HOLDFAST_COMPRESSION=zstd.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates mariadb-client postgresql-common zstd \
  && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
  && apt-get install -y --no-install-recommends "postgresql-client-${POSTGRES_CLIENT}" \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -m 0700 -o node -g node /data /backups
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Without it, malloc keeps what large buffers have used once: 40 MB of some 220.
ENV MALLOC_MMAP_THRESHOLD_=131072
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 HOLDFAST_DATA_DIR=/data HOLDFAST_BACKUP_DIR=/backups
USER node
VOLUME ["/data", "/backups"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
