"""From a lecture's recording to something worth studying. Knows no Streamlit; see README for the way of the data."""

__version__ = "0.4.0"
