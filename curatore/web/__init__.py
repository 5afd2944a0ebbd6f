"""The web server: uvicorn takes requests in and sends answers out, threads run Django in between.

    connection ── protocol.py: a deadline for headers, a bound on connections
      └ request ── bridge.py: the body is taken in, then a thread runs the WSGI application
          └ answer ── answers.py: from the thread to the connection, at the client's pace

A thread is never given to a client, only to a complete request: whoever sends or reads slowly
costs a socket and a coroutine. Django stays synchronous; streams are made while they are sent.
"""
