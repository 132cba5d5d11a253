# One image for web, streams, workers, beat and migrations: `docker compose build`.

FROM node:24-slim AS frontend
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --ignore-scripts
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim AS packages
COPY requirements/ /requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements/run.txt

FROM python:3.11-slim AS product
RUN useradd --system --create-home --home-dir /srv/clause8 --uid 10001 itsm \
    && mkdir /data && chown itsm:itsm /data
COPY --from=packages /venv /venv
WORKDIR /srv/clause8
COPY . .
COPY --from=frontend /frontend/dist frontend/dist
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/data/media LOCAL_DIR=/data
# With TLS in the address the files are packed for browsers that come over TLS; nothing else of it is used.
RUN mkdir /srv/static && DATABASE_URL=postgresql://itsm_app@nowhere/itsm BROKER_URL=redis://nowhere/0 \
    CACHE_URL=redis://nowhere/1 BASE_URL=https://localhost \
    SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop \
    python manage.py collectstatic --no-input --verbosity=0
USER itsm
EXPOSE 8000
CMD ["gunicorn", "itsm.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", \
     "--threads=8", "--preload", "--keep-alive=75", "--timeout=60", "--graceful-timeout=20", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--max-requests=5000", "--max-requests-jitter=500"]

FROM debian:trixie-slim AS pool
RUN apt-get update && apt-get install --yes --no-install-recommends pgbouncer && rm -rf /var/lib/apt/lists/*
COPY ops/pgbouncer.sh /usr/local/bin/pool
USER postgres
EXPOSE 6432
CMD ["pool"]
