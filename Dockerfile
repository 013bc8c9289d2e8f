# docker build -t lecture-notes . && docker run --rm -p 127.0.0.1:8501:8501 -v lecture-models:/models -v lectures:/data lecture-notes
# Several machines, PostgreSQL, logins: `docker compose up --build` (compose.yaml) with requirements-cluster.txt.
FROM python:3.11-slim
ARG REQUIREMENTS=requirements.txt

# openai-whisper builds from source; every other package brings wheels. No ffmpeg: PyAV carries its own decoders.
WORKDIR /app
COPY requirements.txt requirements-cluster.txt ./
RUN pip install --no-cache-dir -r $REQUIREMENTS --extra-index-url https://download.pytorch.org/whl/cpu

COPY . .
RUN useradd --create-home student && mkdir /models /data && chown student /models /data
USER student
ENV LECTURE_MODELS=/models LECTURE_DATA=/data
VOLUME /models /data
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"]
# Inside the container all interfaces; which of the host's see it is said by `docker run -p`. Others than the user of
# that host need a proxy with TLS before it: browsers give no microphone without ("Served to others" in README.md).
CMD ["streamlit", "run", "server.py", "--server.address=0.0.0.0", "--server.port=8501"]
