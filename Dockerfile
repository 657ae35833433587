# One image for the worker, the API and the sandbox: they differ in their command only.
# Debian, not Alpine: the Temporal SDK's native part needs glibc.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY activities ./activities
COPY workflows ./workflows
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production BOOKING_DATA_DIR=/data HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Made here so that a volume mounted over it belongs to the user that writes it.
RUN install -d -o node -g node -m 0700 /data
USER node
# The worker needs 100 MB of heap or two; without a bound Node lets several times as much pile up before it cleans up.
CMD ["node", "--max-old-space-size=512", "dist/src/run/worker.js"]
