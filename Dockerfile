# Build with all dependencies, run with those of production only.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production OPENCLAW_HOME=/data
# tini takes away what commands of agents leave behind: Node as process 1 would keep it as zombies.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 openclaw \
 && useradd --uid 10001 --gid openclaw --home-dir /data --shell /usr/sbin/nologin openclaw \
 && install -d -o openclaw -g openclaw -m 0700 /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER openclaw
VOLUME /data
EXPOSE 18789
# Inside a container the gateway binds the network by default and then demands auth: set OPENCLAW_GATEWAY_TOKEN.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["node", "/app/dist/src/bin.js", "health", "--timeout", "2000"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/src/bin.js"]
CMD ["gateway", "run", "--allow-unconfigured"]
