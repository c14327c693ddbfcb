"""Raw data: pictures where they are, and what is known of them, as somebody wrote it down."""
