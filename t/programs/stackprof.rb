# SPDX-License-Identifier: Apache-2.0
#
# Recorded for t/cases/stackprof: ruby stackprof.rb MODE [raw]
require 'stackprof'
require 'json'

module Work
  def self.fib(n)
    n < 2 ? n : fib(n - 1) + fib(n - 2)
  end

  def self.strings(n)
    n.times.map { |i| "string #{i}" }
  end

  def self.rest
    sleep 0.02
  end

  def self.all
    3.times do
      fib(24)
      strings(3000)
      rest
    end
  end
end

mode = ARGV[0].to_sym
raw = ARGV[1] == 'raw'
interval = { wall: 1000, cpu: 1000, object: 200, custom: nil }[mode]
profile = StackProf.run(mode: mode, raw: raw, interval: interval) do
  if mode == :custom
    4.times { StackProf.sample; [1, 2].each { StackProf.sample } }
  else
    Work.all
  end
end
puts JSON.generate(profile)
