# Muster in a container. Runs as uid 10001 on a read-only root; writes only /var/lib/muster and /tmp:
#   docker run --read-only --tmpfs /tmp -v muster:/var/lib/muster -p 8080:8080 muster
# The base is named by its tag, so that a rebuild takes its security fixes. For a build that can be
# repeated to the bit, put the digest you trust behind it: python:3.12-slim@sha256:...

FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/muster
COPY requirements.lock requirements-build.lock ./
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-build.lock
RUN python -m pip --python /opt/muster install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml LICENSE ./
COPY bot bot
COPY handlers handlers
COPY storage storage
COPY config config
COPY prompts prompts
RUN python -m pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /wheels .
RUN python -m pip --python /opt/muster install --no-deps --no-index --find-links /wheels muster
RUN /opt/muster/bin/python -m compileall -q /opt/muster/lib
RUN /opt/muster/bin/python -P -m bot.cli.pack

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Muster" \
      org.opencontainers.image.description="An incident bot: alerts in, one incident each, the right people in its room" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 muster \
    && useradd --system --uid 10001 --gid muster --no-create-home --home-dir /var/lib/muster muster \
    && install --directory --owner muster --group muster --mode 0750 /var/lib/muster
COPY --from=build /opt/muster /opt/muster
ENV PATH="/opt/muster/bin:$PATH" \
    HOME="/var/lib/muster" \
    PYTHONDONTWRITEBYTECODE="1" \
    PYTHONUNBUFFERED="1" \
    MUSTER_ENV="production" \
    MUSTER_HOST="0.0.0.0" \
    MUSTER_DATABASE_URL="sqlite+aiosqlite:////var/lib/muster/muster.db"
WORKDIR /var/lib/muster
USER 10001:10001
VOLUME ["/var/lib/muster"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; door = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('MUSTER_PORT', '8080')), timeout=3); door.request('GET', '/health'); sys.exit(door.getresponse().status != 200)"]
ENTRYPOINT ["muster"]
CMD ["serve"]
