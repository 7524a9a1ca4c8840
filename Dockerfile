# Front-end packages
FROM node:24-slim AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci

# Python packages, front-end files, translations
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/base.txt requirements/
RUN pip install --require-hashes -r requirements/base.txt
WORKDIR /app
COPY . .
COPY --from=packages /packages/node_modules /packages/node_modules
RUN python tools/assets.py --node-modules /packages/node_modules \
    && python tools/messages.py \
    && MANYI_ENV=production SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built \
       ALLOWED_HOSTS=localhost python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir -p var/files var/anchors

# What runs
FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin manyi
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 MANYI_ENV=production
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
RUN chown -R manyi:manyi var
USER manyi
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "config.wsgi:application"]
