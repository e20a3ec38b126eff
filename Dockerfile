FROM node:20-bookworm-slim AS build
WORKDIR /steward
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:20-bookworm-slim
WORKDIR /steward
# Most of what a session needs is garbage a moment later: a larger nursery makes the collector cheaper.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=32
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev && mkdir /data && chown node /data
COPY --from=build /steward/dist ./dist
USER node
VOLUME /data
CMD ["node", "dist/bin/all-in-one.js"]
